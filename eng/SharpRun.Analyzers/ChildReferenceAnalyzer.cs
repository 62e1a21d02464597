using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace SharpRun.Analyzers;

/// <summary>SR0002: code in SharpRun.Linux.Child may refer to Child, Plan, Abi and the numbers of System, to nothing else.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ChildReferenceAnalyzer : DiagnosticAnalyzer
{
    private const string ChildNamespace = "SharpRun.Linux.Child";

    /// <summary>The only diagnostic of this analyzer; it names the type that is out of bounds.</summary>
    public static readonly DiagnosticDescriptor Rule = new(
        "SR0002",
        "Code of the cloned child may refer to its own folder, Plan and Abi only",
        "The child may not refer to '{0}': only SharpRun.Linux.Child, Plan, Abi and the unmanaged types of System are allowed",
        "Child",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    private static readonly ImmutableArray<string> AllowedNamespaces =
        ImmutableArray.Create(ChildNamespace, "SharpRun.Linux.Plan", "SharpRun.Linux.Abi");

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterSyntaxNodeAction(AnalyzeName, SyntaxKind.IdentifierName, SyntaxKind.GenericName, SyntaxKind.PredefinedType);
    }

    private static void AnalyzeName(SyntaxNodeAnalysisContext context)
    {
        if (context.Node.IsPartOfStructuredTrivia() || !IsChild(context.ContainingSymbol))
        {
            return;
        }

        ISymbol? symbol = context.SemanticModel.GetSymbolInfo(context.Node, context.CancellationToken).Symbol;
        INamedTypeSymbol? type = Innermost(symbol switch
        {
            ITypeSymbol named => named,
            IMethodSymbol or IFieldSymbol or IPropertySymbol or IEventSymbol => symbol.ContainingType,
            _ => null,
        });
        if (type is not null && !IsAllowed(type, context.Node))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, context.Node.GetLocation(), type.ToDisplayString()));
        }
    }

    private static bool IsChild(ISymbol? symbol) =>
        symbol is not null && InNamespace(symbol is INamespaceSymbol space ? space : symbol.ContainingNamespace, ChildNamespace);

    private static bool IsAllowed(INamedTypeSymbol type, SyntaxNode node)
    {
        foreach (string allowed in AllowedNamespaces)
        {
            if (InNamespace(type.ContainingNamespace, allowed))
            {
                return true;
            }
        }

        return IsUnmanagedSpecial(type.SpecialType)
            || IsAttribute(type)
            || (node.FirstAncestorOrSelf<AttributeListSyntax>() is not null && InNamespace(type.ContainingNamespace, "System"));
    }

    private static bool IsUnmanagedSpecial(SpecialType type) => type is SpecialType.System_Void or SpecialType.System_Boolean
        or SpecialType.System_Char or SpecialType.System_SByte or SpecialType.System_Byte
        or SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Int32 or SpecialType.System_UInt32
        or SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_IntPtr or SpecialType.System_UIntPtr;

    // Attributes are metadata: no code of theirs runs in the child.
    private static bool IsAttribute(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? t = type; t is not null; t = t.BaseType)
        {
            if (t.ToDisplayString() == "System.Attribute")
            {
                return InNamespace(type.ContainingNamespace, "System");
            }
        }

        return false;
    }

    private static bool InNamespace(INamespaceSymbol? space, string expected)
    {
        string name = space?.ToDisplayString() ?? "";
        return name == expected || name.StartsWith(expected + ".", System.StringComparison.Ordinal);
    }

    private static INamedTypeSymbol? Innermost(ITypeSymbol? type) => type switch
    {
        IPointerTypeSymbol pointer => Innermost(pointer.PointedAtType),
        IArrayTypeSymbol array => Innermost(array.ElementType),
        INamedTypeSymbol named => named,
        _ => null,
    };
}
