package io.nodejoin.agentpackage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.nodejoin.agentpackage", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule needsNothingButAJdk = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.nodejoin.agentpackage", "java..", "org.jspecify.annotations")
            .because("the build runs it with a class path of one directory");
}
