/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_SPINLOCK_H
#define STUB_SPINLOCK_H

#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/bottom_half.h>
#include <linux/cleanup.h>

typedef struct { int val; } arch_spinlock_t;
typedef struct { int cnts; } arch_rwlock_t;

typedef struct raw_spinlock {
	arch_spinlock_t raw_lock;
	unsigned int magic, owner_cpu;
	struct lockdep_map dep_map;
} raw_spinlock_t;

typedef struct spinlock {
	union {
		struct raw_spinlock rlock;
		struct {
			u8 __padding[offsetof(struct raw_spinlock, dep_map)];
			struct lockdep_map dep_map;
		};
	};
} spinlock_t;

typedef struct {
	arch_rwlock_t raw_lock;
	struct lockdep_map dep_map;
} rwlock_t;

#define __RAW_SPIN_LOCK_UNLOCKED(lockname) \
	(raw_spinlock_t) { .raw_lock = { 0 }, .dep_map = { .name = #lockname } }
#define __SPIN_LOCK_UNLOCKED(lockname) \
	(spinlock_t) { { .rlock = { .raw_lock = { 0 }, .dep_map = { .name = #lockname } } } }
#define __RW_LOCK_UNLOCKED(lockname) (rwlock_t) { .dep_map = { .name = #lockname } }
#define DEFINE_RAW_SPINLOCK(x) raw_spinlock_t x = __RAW_SPIN_LOCK_UNLOCKED(x)
#define DEFINE_SPINLOCK(x) spinlock_t x = __SPIN_LOCK_UNLOCKED(x)
#define DEFINE_RWLOCK(x) rwlock_t x = __RW_LOCK_UNLOCKED(x)

void __raw_spin_lock_init(raw_spinlock_t *lock, const char *name, struct lock_class_key *key,
			  short inner);
void __rwlock_init(rwlock_t *lock, const char *name, struct lock_class_key *key);

void _raw_spin_lock(raw_spinlock_t *lock);
void _raw_spin_lock_nested(raw_spinlock_t *lock, int subclass);
void _raw_spin_lock_bh(raw_spinlock_t *lock);
void _raw_spin_lock_irq(raw_spinlock_t *lock);
unsigned long _raw_spin_lock_irqsave(raw_spinlock_t *lock);
int _raw_spin_trylock(raw_spinlock_t *lock);
int _raw_spin_trylock_bh(raw_spinlock_t *lock);
void _raw_spin_unlock(raw_spinlock_t *lock);
void _raw_spin_unlock_bh(raw_spinlock_t *lock);
void _raw_spin_unlock_irq(raw_spinlock_t *lock);
void _raw_spin_unlock_irqrestore(raw_spinlock_t *lock, unsigned long flags);

void _raw_read_lock(rwlock_t *lock);
void _raw_write_lock(rwlock_t *lock);
void _raw_read_lock_bh(rwlock_t *lock);
void _raw_write_lock_bh(rwlock_t *lock);
void _raw_read_lock_irq(rwlock_t *lock);
void _raw_write_lock_irq(rwlock_t *lock);
unsigned long _raw_read_lock_irqsave(rwlock_t *lock);
unsigned long _raw_write_lock_irqsave(rwlock_t *lock);
int _raw_read_trylock(rwlock_t *lock);
int _raw_write_trylock(rwlock_t *lock);
void _raw_read_unlock(rwlock_t *lock);
void _raw_write_unlock(rwlock_t *lock);
void _raw_read_unlock_bh(rwlock_t *lock);
void _raw_write_unlock_bh(rwlock_t *lock);
void _raw_read_unlock_irq(rwlock_t *lock);
void _raw_write_unlock_irq(rwlock_t *lock);
void _raw_read_unlock_irqrestore(rwlock_t *lock, unsigned long flags);
void _raw_write_unlock_irqrestore(rwlock_t *lock, unsigned long flags);

#define raw_spin_lock_init(lock)						\
do {										\
	static struct lock_class_key __key;					\
	__raw_spin_lock_init((lock), #lock, &__key, 0);				\
} while (0)
#define raw_spin_lock(lock) _raw_spin_lock(lock)
#define raw_spin_lock_nested(lock, subclass) _raw_spin_lock_nested(lock, subclass)
#define raw_spin_lock_irq(lock) _raw_spin_lock_irq(lock)
#define raw_spin_lock_bh(lock) _raw_spin_lock_bh(lock)
#define raw_spin_lock_irqsave(lock, flags) \
	do { typecheck(unsigned long, flags); flags = _raw_spin_lock_irqsave(lock); } while (0)
#define raw_spin_trylock(lock) _raw_spin_trylock(lock)
#define raw_spin_trylock_irqsave(lock, flags)					\
({										\
	local_irq_save(flags);							\
	raw_spin_trylock(lock) ? 1 : ({ local_irq_restore(flags); 0; });	\
})
#define raw_spin_unlock(lock) _raw_spin_unlock(lock)
#define raw_spin_unlock_irq(lock) _raw_spin_unlock_irq(lock)
#define raw_spin_unlock_bh(lock) _raw_spin_unlock_bh(lock)
#define raw_spin_unlock_irqrestore(lock, flags) \
	do { typecheck(unsigned long, flags); _raw_spin_unlock_irqrestore(lock, flags); } while (0)

static __always_inline raw_spinlock_t *spinlock_check(spinlock_t *lock)
{
	return &lock->rlock;
}

#define spin_lock_init(lock)							\
do {										\
	static struct lock_class_key __key;					\
	__raw_spin_lock_init(spinlock_check(lock), #lock, &__key, 0);		\
} while (0)

static __always_inline void spin_lock(spinlock_t *lock)
{
	raw_spin_lock(&lock->rlock);
}

static __always_inline void spin_lock_bh(spinlock_t *lock)
{
	raw_spin_lock_bh(&lock->rlock);
}

static __always_inline int spin_trylock(spinlock_t *lock)
{
	return raw_spin_trylock(&lock->rlock);
}

static __always_inline void spin_lock_irq(spinlock_t *lock)
{
	raw_spin_lock_irq(&lock->rlock);
}

#define spin_lock_nested(lock, subclass)					\
do {										\
	raw_spin_lock_nested(spinlock_check(lock), subclass);			\
} while (0)

#define spin_lock_irqsave(lock, flags)						\
do {										\
	raw_spin_lock_irqsave(spinlock_check(lock), flags);			\
} while (0)

static __always_inline void spin_unlock(spinlock_t *lock)
{
	raw_spin_unlock(&lock->rlock);
}

static __always_inline void spin_unlock_bh(spinlock_t *lock)
{
	raw_spin_unlock_bh(&lock->rlock);
}

static __always_inline void spin_unlock_irq(spinlock_t *lock)
{
	raw_spin_unlock_irq(&lock->rlock);
}

static __always_inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	raw_spin_unlock_irqrestore(&lock->rlock, flags);
}

static __always_inline int spin_trylock_bh(spinlock_t *lock)
{
	return _raw_spin_trylock_bh(&lock->rlock);
}

#define spin_trylock_irqsave(lock, flags) \
({ raw_spin_trylock_irqsave(spinlock_check(lock), flags); })

#define rwlock_init(lock)							\
do {										\
	static struct lock_class_key __key;					\
	__rwlock_init((lock), #lock, &__key);					\
} while (0)
#define read_lock(lock) _raw_read_lock(lock)
#define write_lock(lock) _raw_write_lock(lock)
#define read_lock_irq(lock) _raw_read_lock_irq(lock)
#define read_lock_bh(lock) _raw_read_lock_bh(lock)
#define write_lock_irq(lock) _raw_write_lock_irq(lock)
#define write_lock_bh(lock) _raw_write_lock_bh(lock)
#define read_lock_irqsave(lock, flags) \
	do { typecheck(unsigned long, flags); flags = _raw_read_lock_irqsave(lock); } while (0)
#define write_lock_irqsave(lock, flags) \
	do { typecheck(unsigned long, flags); flags = _raw_write_lock_irqsave(lock); } while (0)
#define read_trylock(lock) _raw_read_trylock(lock)
#define write_trylock(lock) _raw_write_trylock(lock)
#define read_unlock(lock) _raw_read_unlock(lock)
#define write_unlock(lock) _raw_write_unlock(lock)
#define read_unlock_irq(lock) _raw_read_unlock_irq(lock)
#define write_unlock_irq(lock) _raw_write_unlock_irq(lock)
#define read_unlock_bh(lock) _raw_read_unlock_bh(lock)
#define write_unlock_bh(lock) _raw_write_unlock_bh(lock)
#define read_unlock_irqrestore(lock, flags) \
	do { typecheck(unsigned long, flags); _raw_read_unlock_irqrestore(lock, flags); } while (0)
#define write_unlock_irqrestore(lock, flags) \
	do { typecheck(unsigned long, flags); _raw_write_unlock_irqrestore(lock, flags); } while (0)

DEFINE_LOCK_GUARD_1(spinlock, spinlock_t, spin_lock(_T->lock), spin_unlock(_T->lock))
DEFINE_LOCK_GUARD_1(spinlock_irq, spinlock_t, spin_lock_irq(_T->lock), spin_unlock_irq(_T->lock))
DEFINE_LOCK_GUARD_1(spinlock_irqsave, spinlock_t, spin_lock_irqsave(_T->lock, _T->flags),
		    spin_unlock_irqrestore(_T->lock, _T->flags), unsigned long flags)

#endif
