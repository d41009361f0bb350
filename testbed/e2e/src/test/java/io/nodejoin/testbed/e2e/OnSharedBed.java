package io.nodejoin.testbed.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests that only add joins to the bed of all such classes, beside each other. The constructor takes the {@link SharedBed}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(BedExtension.class)
@interface OnSharedBed {}
