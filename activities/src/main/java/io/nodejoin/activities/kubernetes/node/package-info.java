/** Node objects: free names, registration, readiness, deletion by UID. */
@NullMarked
package io.nodejoin.activities.kubernetes.node;

import org.jspecify.annotations.NullMarked;
