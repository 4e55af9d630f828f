/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A helper initialises the lock with the key that its caller gives: lockdep has a class per caller, so a circle over two of them is weak. */
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/syscalls.h>

struct part { struct mutex m; struct part *up; };

static DEFINE_MUTEX(list);
static struct part *parts[2];

static struct part *make(struct lock_class_key *key)
{
	struct part *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (p)
		__mutex_init(&p->m, "part", key);
	return p;
}

SYSCALL_DEFINE0(small)
{
	static struct lock_class_key key;
	struct part *p = make(&key);

	if (!p)
		return 0;
	mutex_lock(&p->m);
	mutex_lock(&list);
	parts[0] = p;
	mutex_unlock(&list);
	mutex_unlock(&p->m);
	return 0;
}

SYSCALL_DEFINE0(large)
{
	static struct lock_class_key key;
	struct part *p = make(&key);

	if (!p)
		return 0;
	mutex_lock(&list);
	mutex_lock(&p->m);
	parts[1] = p;
	mutex_unlock(&p->m);
	mutex_unlock(&list);
	return 0;
}
