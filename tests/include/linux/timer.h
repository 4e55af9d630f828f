/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_TIMER_H
#define STUB_TIMER_H

#include <linux/kernel.h>
#include <linux/lockdep.h>

struct timer_list {
	struct hlist_node entry;
	unsigned long expires;
	void (*function)(struct timer_list *);
	u32 flags;
	struct lockdep_map lockdep_map;
};

#define TIMER_DEFERRABLE 0x00080000
#define TIMER_IRQSAFE 0x00200000

#define DEFINE_TIMER(_name, _function) \
	struct timer_list _name = { .function = (_function), .lockdep_map = { .name = #_name } }

void init_timer_key(struct timer_list *timer, void (*func)(struct timer_list *),
		    unsigned int flags, const char *name, struct lock_class_key *key);
#define __init_timer(_timer, _fn, _flags)					\
	do {									\
		static struct lock_class_key __key;				\
		init_timer_key((_timer), (_fn), (_flags), #_timer, &__key);	\
	} while (0)
#define timer_setup(timer, callback, flags) __init_timer((timer), (callback), (flags))
#define from_timer(var, callback_timer, timer_fieldname) \
	container_of(callback_timer, __typeof__(*var), timer_fieldname)

int mod_timer(struct timer_list *timer, unsigned long expires);
int del_timer(struct timer_list *timer);
int del_timer_sync(struct timer_list *timer);

#endif
