/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kmalloc() returns is no error: begin() holds the lock where IS_ERR() is false, and only there. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/syscalls.h>

#define ERR_PTR(e) ((void *)(long)(e))
#define IS_ERR(p) ((unsigned long)(void *)(p) >= (unsigned long)-4095)

static DEFINE_MUTEX(m);
struct handle { int n; };
int may_begin(void);

static struct handle *begin(void)
{
	struct handle *h = kmalloc(sizeof(*h), GFP_KERNEL);
	int ret;

	if (!h)
		return ERR_PTR(-12);
	ret = may_begin();
	if (ret < 0) {
		kfree(h);
		return ERR_PTR(ret);
	}
	mutex_lock(&m);
	return h;
}

SYSCALL_DEFINE0(both)
{
	struct handle *h = begin();

	if (IS_ERR(h)) {
		mutex_lock(&m);
		mutex_unlock(&m);
		return -1;
	}
	mutex_unlock(&m);
	return 0;
}
