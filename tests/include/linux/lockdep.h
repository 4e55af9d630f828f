/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_LOCKDEP_H
#define STUB_LOCKDEP_H

#include <linux/types.h>

struct lockdep_subclass_key { char one_byte; };
struct lock_class_key { struct lockdep_subclass_key subkeys[8]; };
struct lockdep_map { struct lock_class_key *key; const char *name; u8 wait_type_inner; };

void lockdep_init_map_type(struct lockdep_map *map, const char *name, struct lock_class_key *key,
			   int subclass, u8 inner, u8 outer, u8 type);
static inline void lockdep_init_map(struct lockdep_map *map, const char *name,
				    struct lock_class_key *key, int subclass)
{
	lockdep_init_map_type(map, name, key, subclass, 0, 0, 0);
}

#define lockdep_set_class(lock, key) \
	lockdep_init_map_type(&(lock)->dep_map, #key, key, 0, (lock)->dep_map.wait_type_inner, 0, 0)
#define lockdep_set_subclass(lock, sub) \
	lockdep_init_map_type(&(lock)->dep_map, (lock)->dep_map.name, (lock)->dep_map.key, sub, (lock)->dep_map.wait_type_inner, 0, 0)
#define lockdep_set_class_and_name(lock, key, name) \
	lockdep_init_map_type(&(lock)->dep_map, name, key, 0, (lock)->dep_map.wait_type_inner, 0, 0)

int lock_is_held_type(const struct lockdep_map *map, int read);
#define lockdep_is_held(lock) lock_is_held_type(&(lock)->dep_map, -1)
#define lockdep_assert_held(lock) do { if (!lockdep_is_held(lock)) printk("not held"); } while (0)
int printk(const char *fmt, ...);

#define SINGLE_DEPTH_NESTING 1

#endif
