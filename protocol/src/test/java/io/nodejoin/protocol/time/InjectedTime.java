package io.nodejoin.protocol.time;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.regex.Pattern;

/** The rule that a class gets its clock and its scheduler from its constructor, so that tests run in virtual time. */
public final class InjectedTime {
    private static final Pattern MEMBERS = Pattern.compile("java\\.lang\\.(System\\.nanoTime|Thread\\.sleep)"
            + "|java\\.util\\.concurrent\\.(locks\\.LockSupport\\.park.*"
            + "|CompletableFuture\\.(delayedExecutor|orTimeout|completeOnTimeout)"
            + "|Executors\\.new.*Scheduled.*|ScheduledThreadPoolExecutor\\.<init>)");

    private static final DescribedPredicate<JavaAccess<?>> MACHINES_TIME =
            describe("reads the machine's monotonic clock or waits by it", InjectedTime::isMachinesTime);

    private InjectedTime() {}

    /** Returns the rule for all classes but those of these simple names: the wiring, and bounds on I/O. */
    public static ArchRule exceptIn(String... names) {
        Set<String> exceptions = Set.of(names);
        return noClasses()
                .that(describe(
                        "are not named " + exceptions, (JavaClass type) -> !exceptions.contains(type.getSimpleName())))
                .should()
                .accessTargetWhere(MACHINES_TIME)
                .because("a test passes time by a ManualScheduler");
    }

    private static boolean isMachinesTime(JavaAccess<?> access) {
        return MEMBERS.matcher(access.getTargetOwner().getName() + "." + access.getName())
                .matches();
    }
}
