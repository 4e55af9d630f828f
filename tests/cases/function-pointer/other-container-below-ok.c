/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is released is the node in the part in a disk, two records up: a release function that wants a user is not meant,
 * though the function that calls it takes no lock of what it is given.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

struct node { int count; };
struct part { struct node node; const struct kind *kind; };
struct kind { void (*release)(struct part *part); };
struct disk { int id; struct part part; };
struct user { struct part part; struct mutex lock; };

static DEFINE_SPINLOCK(s);

static inline struct part *to_part(struct node *node)
{
	return container_of(node, struct part, node);
}

static void release_node(struct node *node)
{
	struct part *part = to_part(node);

	part->kind->release(part);
}

static void put(struct node *node)
{
	if (!--node->count)
		release_node(node);
}

static void free_disk(struct part *part)
{
	container_of(part, struct disk, part)->id = 0;
}

static void free_user(struct part *part)
{
	struct user *u = container_of(part, struct user, part);

	mutex_lock(&u->lock);
	mutex_unlock(&u->lock);
}

static const struct kind disk_kind = { .release = free_disk };
static const struct kind user_kind = { .release = free_user };
extern struct disk *some_disk;
extern struct user *some_user;

static int __init setup(void)
{
	some_disk->part.kind = &disk_kind;
	some_user->part.kind = &user_kind;
	mutex_init(&some_user->lock);
	spin_lock(&s);
	put(&some_disk->part.node);
	spin_unlock(&s);
	put(&some_user->part.node);
	return 0;
}
module_init(setup);
