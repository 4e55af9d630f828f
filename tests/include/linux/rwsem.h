/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_RWSEM_H
#define STUB_RWSEM_H

#include <linux/spinlock.h>

struct rw_semaphore {
	raw_spinlock_t wait_lock;
	struct lockdep_map dep_map;
};

#define __RWSEM_INITIALIZER(lockname) { .dep_map = { .name = #lockname } }
#define DECLARE_RWSEM(lockname) struct rw_semaphore lockname = __RWSEM_INITIALIZER(lockname)

void __init_rwsem(struct rw_semaphore *sem, const char *name, struct lock_class_key *key);
#define init_rwsem(sem)								\
do {										\
	static struct lock_class_key __key;					\
	__init_rwsem((sem), #sem, &__key);					\
} while (0)

void down_read(struct rw_semaphore *sem);
int down_read_trylock(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);
int down_write_trylock(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
void downgrade_write(struct rw_semaphore *sem);

#endif
