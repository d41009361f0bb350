/** What every adapter shares: cluster clients, the failure boundary, the audit log, leases of running activities. */
@NullMarked
package io.nodejoin.activities;

import org.jspecify.annotations.NullMarked;
