package io.nodejoin.visibility;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.nodejoin.protocol.time.InjectedTime;

@AnalyzeClasses(packages = "io.nodejoin.visibility", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule seesNeitherItsUsersNorWhatActs = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.nodejoin.activities..",
                    "io.nodejoin.gateway..",
                    "io.nodejoin.service..",
                    "io.nodejoin.dashboard..",
                    "io.nodejoin.cli..",
                    "io.nodejoin.agent..",
                    "io.nodejoin.testbed..",
                    "io.fabric8..");

    @ArchTest
    static final ArchRule doesNotSeeTheWorkflow =
            noClasses().should().dependOnClassesThat().haveSimpleNameEndingWith("WorkflowImpl");

    @ArchTest
    static final ArchRule publishesNothing =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.apache.kafka.clients.producer..");

    @ArchTest
    static final ArchRule timeIsPassedIn = InjectedTime.exceptIn();

    @ArchTest
    static final ArchRule hasNoPackageCycles =
            slices().matching("io.nodejoin.visibility.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule hasNoStaticStateThatChanges =
            fields().that().areStatic().should().beFinal();
}
