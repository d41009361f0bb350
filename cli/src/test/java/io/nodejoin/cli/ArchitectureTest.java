package io.nodejoin.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.nodejoin.protocol.time.InjectedTime;

@AnalyzeClasses(packages = "io.nodejoin.cli", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule seesNeitherServiceNorAgentNorTestBed = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.nodejoin.service..",
                    "io.nodejoin.gateway..",
                    "io.nodejoin.dashboard..",
                    "io.nodejoin.agent..",
                    "io.nodejoin.testbed..");

    @ArchTest
    static final ArchRule runsNoCommands =
            noClasses().should().dependOnClassesThat().areAssignableTo(ProcessBuilder.class);

    @ArchTest
    static final ArchRule timeIsPassedIn = InjectedTime.exceptIn("Main");

    @ArchTest
    static final ArchRule hasNoPackageCycles =
            slices().matching("io.nodejoin.cli.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule hasNoStaticStateThatChanges =
            fields().that().areStatic().should().beFinal();
}
