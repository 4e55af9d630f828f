/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the map was held before a cookie in memory says, which a later loop gives it back by.  That it is still held behind the
 * loop, which may have gone round never, is doubtful (drivers/gpu/drm/i915/i915_vma_resource.c with its capture list).
 */
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct res { struct res *next; int refs; int cookie; };

void lock_acquire(struct lockdep_map *map, unsigned int subclass, int trylock, int read, int check,
		  struct lockdep_map *nest, unsigned long ip);
void lock_release(struct lockdep_map *map, unsigned long ip);
int lock_is_held_type(struct lockdep_map *map, int read);
extern struct res *captured;
static struct lockdep_map map = { .name = "map" };
static DEFINE_SPINLOCK(a);

static int begin(void)
{
	if (lock_is_held_type(&map, 1))
		return 1;
	lock_acquire(&map, 0, 0, 1, 1, NULL, 0);
	return 0;
}

static void end(int cookie)
{
	if (!cookie)
		lock_release(&map, 0);
}

static int hold(struct res *r)
{
	if (r->refs < 0)
		return 0;
	r->cookie = begin();
	return 1;
}

SYSCALL_DEFINE1(use, struct res *, r)
{
	if (hold(r)) {
		r->next = captured;
		captured = r;
	}
	for (r = captured; r; r = r->next)
		end(r->cookie);
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}

SYSCALL_DEFINE0(drain)
{
	spin_lock(&a);
	lock_acquire(&map, 0, 0, 0, 1, NULL, 0);
	lock_release(&map, 0);
	spin_unlock(&a);
	return 0;
}
