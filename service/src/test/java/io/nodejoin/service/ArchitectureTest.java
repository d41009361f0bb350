package io.nodejoin.service;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.nodejoin.protocol.time.InjectedTime;

@AnalyzeClasses(packages = "io.nodejoin.service", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule seesNeitherAgentNorTestBed = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.nodejoin.agent..", "io.nodejoin.testbed..")
            .because("the agent is a process of its own, and the test bed is seen by nobody");

    @ArchTest
    static final ArchRule onlyItsProgramHasACommandLine = noClasses()
            .that()
            .resideOutsideOfPackage("io.nodejoin.service.main")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.nodejoin.cli..", "io.nodejoin.service.main..", "picocli..");

    @ArchTest
    static final ArchRule runsNoCommands =
            noClasses().should().dependOnClassesThat().areAssignableTo(ProcessBuilder.class);

    /** Wiring and GarbageCollectors construct; PeriodicTasks bounds its stop. */
    @ArchTest
    static final ArchRule timeIsPassedIn = InjectedTime.exceptIn("Wiring", "GarbageCollectors", "PeriodicTasks");

    @ArchTest
    static final ArchRule hasNoPackageCycles =
            slices().matching("io.nodejoin.service.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule hasNoStaticStateThatChanges =
            fields().that().areStatic().should().beFinal();
}
