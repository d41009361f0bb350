package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/** Hands the one bed of a test run to every class that wants it; where no bed can be, the class is skipped and says why. */
final class BedExtension implements BeforeAllCallback, ParameterResolver, TestWatcher {
    private static final BedSettings BED = BedSettings.named("e2e");

    @Override
    public void beforeAll(ExtensionContext context) {
        TestBed.unavailableReason(BedMode.LOCAL).ifPresent(reason -> {
            System.err.println("end-to-end tests are skipped: " + reason);
            Assumptions.abort("no test bed here: " + reason);
        });
        bed(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SharedBed.class;
    }

    @Override
    public SharedBed resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return bed(context);
    }

    /** The bed and its logs are gone when a person reads the report. */
    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        SharedBed bed = bed(context);
        System.err.println(context.getDisplayName() + " failed." + bed.serviceLog() + bed.temporalLog());
    }

    private static SharedBed bed(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.GLOBAL)
                .computeIfAbsent(SharedBed.class, _ -> SharedBed.raise(BED), SharedBed.class);
    }
}
