package io.nodejoin.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.nodejoin.protocol.time.InjectedTime;

@AnalyzeClasses(packages = "io.nodejoin.gateway", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule seesNeitherKubernetesNorKafka = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.nodejoin.activities.kubernetes..",
                    "io.nodejoin.activities.kafka..",
                    "io.fabric8..",
                    "org.apache.kafka..")
            .because("a process that strangers can reach holds no credential of a cluster");

    @ArchTest
    static final ArchRule seesNeitherItsUsersNorTheAgent = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.nodejoin.service..", "io.nodejoin.cli..", "io.nodejoin.agent..", "io.nodejoin.testbed..");

    @ArchTest
    static final ArchRule doesNotSeeTheWorkflow =
            noClasses().should().dependOnClassesThat().haveSimpleNameEndingWith("WorkflowImpl");

    @ArchTest
    static final ArchRule timeIsPassedIn = InjectedTime.exceptIn();

    @ArchTest
    static final ArchRule hasNoPackageCycles =
            slices().matching("io.nodejoin.gateway.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule hasNoStaticStateThatChanges =
            fields().that().areStatic().should().beFinal();
}
