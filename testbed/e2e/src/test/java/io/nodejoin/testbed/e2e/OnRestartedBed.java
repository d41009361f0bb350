package io.nodejoin.testbed.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Tests that stop a part of the shared bed, or change its settings or the cluster's rights, while no other class uses it. The
 * constructor takes the {@link SharedBed}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(BedExtension.class)
@ResourceLock(SharedBed.LOCK)
@interface OnRestartedBed {}
