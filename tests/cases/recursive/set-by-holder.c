/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The callee takes the lock while the variable is not set, and the holder has set it. */
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
	root = make_root();
	mutex_lock(&early);
	n = add(n);
	mutex_unlock(&early);
	return n;
}
