package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.plan.BedSettings;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test bed with booted hosts for each test, which is skipped where there can be none.
 *
 * @param untested what a skipped test says that it leaves open
 */
record BootedBed(TestBed bed, String untested) implements BeforeEachCallback, AfterEachCallback {
    static BootedBed of(BedSettings settings, String untested) {
        return new BootedBed(TestBed.open(settings), untested);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        TestBed.unavailableReason().ifPresent(reason -> {
            System.err.println(untested + " not tested: " + reason);
            Assumptions.abort("no booted hosts here: " + reason);
        });
        bed.down();
        bed.upWithService();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        bed.down();
    }
}
