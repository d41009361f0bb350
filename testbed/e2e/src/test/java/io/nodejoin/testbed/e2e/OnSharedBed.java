package io.nodejoin.testbed.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Tests that only add joins to the shared bed, beside other such classes. The constructor takes the {@link SharedBed}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(BedExtension.class)
@ResourceLock(value = SharedBed.LOCK, mode = ResourceAccessMode.READ)
@interface OnSharedBed {}
