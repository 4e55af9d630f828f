/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The twin: set only after the call. */
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct root { int n; };
static DEFINE_MUTEX(early);
static struct root *root;
extern struct root *make_root(void);

static int add(int n)
{
	if (!root) {
		mutex_lock(&early);
		n++;
		mutex_unlock(&early);
		return n;
	}
	return root->n;
}

SYSCALL_DEFINE1(start, int, n)
{
	mutex_lock(&early);
	n = add(n);
	mutex_unlock(&early);
	root = make_root();
	return n;
}
