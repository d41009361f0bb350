package io.nodejoin.dashboard;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.nodejoin.protocol.time.InjectedTime;

@AnalyzeClasses(packages = "io.nodejoin.dashboard", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule seesNeitherTheServiceNorTheWorld = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.nodejoin.activities..",
                    "io.nodejoin.gateway..",
                    "io.nodejoin.service..",
                    "io.nodejoin.cli..",
                    "io.nodejoin.agent..",
                    "io.nodejoin.testbed..",
                    "io.fabric8..",
                    "io.temporal.client..",
                    "org.apache.kafka..")
            .because("it shows what others have read");

    @ArchTest
    static final ArchRule timeIsPassedIn = InjectedTime.exceptIn();

    @ArchTest
    static final ArchRule hasNoPackageCycles =
            slices().matching("io.nodejoin.dashboard.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule hasNoStaticStateThatChanges =
            fields().that().areStatic().should().beFinal();
}
