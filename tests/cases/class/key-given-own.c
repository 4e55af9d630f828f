/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One key, whoever calls: one class, and the circle is as sure as any. */
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/syscalls.h>

struct part { struct mutex m; struct part *up; };

static DEFINE_MUTEX(list);
static struct part *parts[2];

static struct part *make(void)
{
	struct part *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (p)
		mutex_init(&p->m);
	return p;
}

SYSCALL_DEFINE0(small)
{
	struct part *p = make();

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
	struct part *p = make();

	if (!p)
		return 0;
	mutex_lock(&list);
	mutex_lock(&p->m);
	parts[1] = p;
	mutex_unlock(&p->m);
	mutex_unlock(&list);
	return 0;
}
