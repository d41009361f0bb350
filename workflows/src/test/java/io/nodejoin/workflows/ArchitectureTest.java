package io.nodejoin.workflows;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.nodejoin.workflows.violations.ReadsSystemClock;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@AnalyzeClasses(packages = "io.nodejoin.workflows", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final Set<String> UNREPEATABLE =
            Set.of("now", "currentTimeMillis", "nanoTime", "randomUUID", "random", "getenv", "getProperty");

    private static final DescribedPredicate<JavaAccess<?>> ASKS_THE_MACHINE = describe(
            "asks the machine for time, chance or environment",
            call -> call.getTargetOwner().getPackageName().startsWith("java.")
                    && UNREPEATABLE.contains(call.getName()));

    @ArchTest
    static final ArchRule REPLAY_ISSUES_THE_SAME_COMMANDS = noClasses()
            .should()
            .accessTargetWhere(ASKS_THE_MACHINE)
            .orShould()
            .dependOnClassesThat(belongToAnyOf(Clock.class, Thread.class, Random.class, HashMap.class, HashSet.class))
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.io..",
                    "java.net.http..",
                    "java.nio.file..",
                    "java.util.concurrent..",
                    "org.apache.kafka..",
                    "io.fabric8..",
                    "io.nodejoin.activities..")
            .because("another machine replays this history: use Workflow.* or an activity");

    @ArchTest
    static final ArchRule LOGS_ARE_NOT_REPEATED_BY_REPLAY = noClasses()
            .should()
            .dependOnClassesThat(belongToAnyOf(LoggerFactory.class))
            .because("Workflow.getLogger is silent during replay");

    @ArchTest
    static final ArchRule JOINS_SHARE_NOTHING =
            noFields().that().areStatic().should().notBeFinal().because("one worker runs many joins");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("io.nodejoin.workflows.(*)..").should().beFreeOfCycles();

    @Test
    void shouldRejectAClassThatReadsTheSystemClock() {
        // given
        var planted = new ClassFileImporter().importClasses(ReadsSystemClock.class);

        // when
        var result = REPLAY_ISSUES_THE_SAME_COMMANDS.evaluate(planted);

        // then
        assertThat(result.hasViolation()).isTrue();
        assertThat(result.getFailureReport().toString()).contains("Instant.now()");
    }
}
