// SPDX-License-Identifier: GPL-2.0
/*
 * A mount parameter whose value is a file: an open descriptor, or a path,
 * which is resolved and not opened.
 */

#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/namei.h>
#include <linux/path.h>

/**
 * fs_param_is_file_or_path() - check the type of a value that names a file
 * @log: the log for an error message
 * @p: the parameter's description, made by fsparam_file_or_path()
 * @param: the value
 * @result: not used; fs_param_get_path() gives the file
 *
 * Accepts a descriptor, a string, or a path with a directory descriptor. Looks
 * up no name yet, so a filesystem that no longer allows a change of the
 * parameter can refuse it before the lookup.
 *
 * Return: 0, or -EINVAL for a flag, a blob, and an empty string unless @p
 * allows that.
 */
int fs_param_is_file_or_path(struct p_log *log,
			     const struct fs_parameter_spec *p,
			     struct fs_parameter *param,
			     struct fs_parse_result *result)
{
	switch (param->type) {
	case fs_value_is_string:
		if (*param->string || p->flags & fs_param_can_be_empty)
			return 0;
		break;
	case fs_value_is_filename:
	case fs_value_is_file:
		return 0;
	default:
		break;
	}
	return inval_plog(log, "Bad value for '%s'", param->key);
}

/**
 * fs_param_get_path() - find the file that a value names
 * @fc: the context, through which a failing lookup is reported
 * @param: a value that fs_param_is_file_or_path() has accepted
 * @path: the file, to be released with path_put()
 *
 * Walks a path with the caller's credentials and follows a symbolic link at its
 * end. Never opens the file: a FIFO does not block the caller, and a device
 * does not notice. A relative string begins at the working directory. A
 * descriptor gives its file as it is.
 *
 * Context: may sleep.
 * Return: 0, or the error of the lookup, with no path to release.
 */
int fs_param_get_path(struct fs_context *fc, struct fs_parameter *param,
		      struct path *path)
{
	if (param->type == fs_value_is_file) {
		*path = param->file->f_path;
		path_get(path);
		return 0;
	}

	return fs_lookup_param(fc, param, false, LOOKUP_FOLLOW, path);
}
