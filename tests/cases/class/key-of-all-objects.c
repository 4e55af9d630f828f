/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drivers/base/class.c: one key for all objects: one class, high. */
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/syscalls.h>

static DEFINE_MUTEX(list);

struct part {
	struct mutex m;
};

static struct part *make(void)
{
	struct part *p = kzalloc(sizeof(*p), 0);
	static struct lock_class_key key;

	__mutex_init(&p->m, "part", &key);
	return p;
}

SYSCALL_DEFINE1(add, struct part *, p)
{
	make();
	mutex_lock(&p->m);
	mutex_lock(&list);
	mutex_unlock(&list);
	mutex_unlock(&p->m);
	return 0;
}

SYSCALL_DEFINE1(walk, struct part *, p)
{
	mutex_lock(&list);
	mutex_lock(&p->m);
	mutex_unlock(&p->m);
	mutex_unlock(&list);
	return 0;
}
