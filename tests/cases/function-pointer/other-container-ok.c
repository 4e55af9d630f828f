/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ref->release(ref) of the reference in a group: the function of the other record takes the container of another member, so
 * it is not meant here, though the slot holds both.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

struct ref { int count; void (*release)(struct ref *ref); };
struct group { struct ref ref; int id; };
struct user { int id; struct ref ref; struct mutex lock; };

static DEFINE_SPINLOCK(s);

static void put(struct ref *ref)
{
	if (!--ref->count)
		ref->release(ref);
}

static void free_group(struct ref *ref)
{
	container_of(ref, struct group, ref)->id = 0;
}

static void free_user(struct ref *ref)
{
	struct user *u = container_of(ref, struct user, ref);

	mutex_lock(&u->lock);
	u->id = 0;
	mutex_unlock(&u->lock);
}

static void begin(struct group *g, struct user *u)
{
	g->ref.release = free_group;
	u->ref.release = free_user;
	mutex_init(&u->lock);
}

extern struct group *some_group;
extern struct user *some_user;

static int __init setup(void)
{
	begin(some_group, some_user);
	spin_lock(&s);
	put(&some_group->ref);
	spin_unlock(&s);
	put(&some_user->ref);
	return 0;
}
module_init(setup);
