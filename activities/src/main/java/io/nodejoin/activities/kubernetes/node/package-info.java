/** Node objects: free names, registration, readiness, removal by UID. */
@NullMarked
package io.nodejoin.activities.kubernetes.node;

import org.jspecify.annotations.NullMarked;
