/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/mutex.h>
#include <linux/syscalls.h>

static DEFINE_MUTEX(m);

static void on_event(int id, void *d)
{
	mutex_lock(&m);
	mutex_unlock(&m);
}

static const struct { int id; void (*handler)(int id, void *d); } events[] = { { 1, on_event } };

SYSCALL_DEFINE1(event, int, n)
{
	for (int i = 0; i < 1; i++)
		if (events[i].id == n)
			events[i].handler(n, NULL);
	return 0;
}
