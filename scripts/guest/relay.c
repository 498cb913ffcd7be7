// SPDX-License-Identifier: GPL-2.0
/*
 * relay PORT [COPY]: stdin to a serial port, byte by byte and polled, and to
 * the file COPY. No interrupt is involved: the four ports of a PC share two
 * lines, and one interrupt that is lost on them, which has been seen on a
 * loaded host, would hold up everything that the guest has to say.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

enum { THR = 0, IER = 1, FCR = 2, LCR = 3, LSR = 5 };
enum { LCR_8N1 = 0x03, LCR_DLAB = 0x80, LSR_THRE = 0x20 };

static int ports;	/* /dev/port: the offset is the address */

static void out(uint8_t value, off_t port)
{
	if (pwrite(ports, &value, 1, port) != 1)
		err(1, "port %llx", (long long)port);
}

static uint8_t in(off_t port)
{
	uint8_t value;

	if (pread(ports, &value, 1, port) != 1)
		err(1, "port %llx", (long long)port);
	return value;
}

/* 115,200 baud, which counts where the guest's clock counts instructions */
static void setup(off_t port)
{
	out(0, port + IER);
	out(LCR_DLAB | LCR_8N1, port + LCR);
	out(1, port);
	out(0, port + 1);
	out(LCR_8N1, port + LCR);
	out(1, port + FCR);
}

static void send(off_t port, const char *buf, ssize_t len)
{
	for (ssize_t i = 0; i < len; i++) {
		while (!(in(port + LSR) & LSR_THRE))
			usleep(100);
		out(buf[i], port + THR);
	}
}

int main(int argc, char **argv)
{
	off_t port = argc > 1 ? strtoul(argv[1], NULL, 16) : 0;
	int copy = -1;
	char buf[4096];
	ssize_t len;

	ports = open("/dev/port", O_RDWR);
	if (!port || ports < 0)
		err(1, "port %s", argc > 1 ? argv[1] : "?");
	if (argc > 2) {
		copy = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (copy < 0)
			err(1, "%s", argv[2]);
	}
	setup(port);
	while ((len = read(STDIN_FILENO, buf, sizeof(buf))) > 0) {
		send(port, buf, len);
		if (copy >= 0 && write(copy, buf, len) != len)
			err(1, "%s", argv[2]);
	}
	return len < 0;
}
