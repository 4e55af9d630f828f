/* __attribute__((cleanup)): every way out of a scope runs it, the value returned is computed before. */
typedef struct { int locked; } lock_t;
void lock(lock_t *l);
void unlock(lock_t *l);
int work(int);
void put(void *);
void *get(void);

typedef lock_t *class_lk_t;
static inline void class_lk_destructor(lock_t **p) { lock_t *_T = *p; unlock(_T); }
static inline lock_t *class_lk_constructor(lock_t *_T) { lock_t *t = ({ lock(_T); _T; }); return t; }

typedef struct { lock_t *lock; unsigned long flags; } class_fat_t;
static inline void class_fat_destructor(class_fat_t *_T) { if (_T->lock) { unlock(_T->lock); } }
static inline class_fat_t class_fat_constructor(lock_t *l)
{
	class_fat_t _t = { .lock = l }, *_T = &_t;

	lock(_T->lock);
	return _t;
}

#define __cleanup(f) __attribute__((__cleanup__(f)))
#define CLASS(name, var) class_##name##_t var __cleanup(class_##name##_destructor) = class_##name##_constructor
#define guard(name) CLASS(name, guard_var)
#define scoped_guard(name, args...) \
	for (CLASS(name, scope)(args), *done = (void *)0; !done; done = (void *)1)
static inline void __free_put(void *p) { void *_T = *(void **)p; if (_T) put(_T); }
#define __free(name) __cleanup(__free_##name)

int plain(lock_t *l, int n)
{
	guard(lk)(l);
	if (n < 0)
		return work(n);
	work(2);
	return 0;
}

int scoped(lock_t *l, int n)
{
	scoped_guard(fat, l) {
		if (n)
			return work(1);
		work(2);
	}
	return work(3);
}

int loops(lock_t *l, int n)
{
	while (n--) {
		guard(lk)(l);
		if (n == 5)
			continue;
		if (n == 3)
			break;
		if (n == 2)
			goto out;
		work(n);
	}
	work(-1);
out:
	return 0;
}

int freed(void)
{
	void *p __free(put) = get();

	if (!p)
		return -1;
	return work(0);
}
