#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast in a macro, which Swift does not see.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int place, const char *text, int size) {
    return sqlite3_bind_text(statement, place, text, size, SQLITE_TRANSIENT);
}
