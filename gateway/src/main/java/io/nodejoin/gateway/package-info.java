/** The host gateway: worker-agents enroll here, park their polls, and so are reached by the activities of a join. */
@NullMarked
package io.nodejoin.gateway;

import org.jspecify.annotations.NullMarked;
