/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_MUTEX_H
#define STUB_MUTEX_H

#include <linux/spinlock.h>

struct mutex {
	raw_spinlock_t wait_lock;
	struct lockdep_map dep_map;
};

#define __MUTEX_INITIALIZER(lockname) { .dep_map = { .name = #lockname } }
#define DEFINE_MUTEX(mutexname) struct mutex mutexname = __MUTEX_INITIALIZER(mutexname)

void __mutex_init(struct mutex *lock, const char *name, struct lock_class_key *key);
#define mutex_init(mutex)							\
do {										\
	static struct lock_class_key __key;					\
	__mutex_init((mutex), #mutex, &__key);					\
} while (0)

void mutex_lock_nested(struct mutex *lock, unsigned int subclass);
int __must_check mutex_lock_interruptible_nested(struct mutex *lock, unsigned int subclass);
#define mutex_lock(lock) mutex_lock_nested(lock, 0)
#define mutex_lock_interruptible(lock) mutex_lock_interruptible_nested(lock, 0)
int mutex_trylock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);

DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))

#endif
