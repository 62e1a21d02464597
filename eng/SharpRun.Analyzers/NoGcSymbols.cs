using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SharpRun.Analyzers;

/// <summary>What SR0001 needs to know about types and members.</summary>
internal static class NoGcSymbols
{
    private const string AttributeName = "SharpRun.Linux.Child.NoGcAttribute";

    /// <summary>Whether the symbol, the property it belongs to, or a type around it carries <c>[NoGc]</c>.</summary>
    internal static bool IsNoGc(ISymbol? symbol)
    {
        for (ISymbol? s = symbol; s is not null and not INamespaceSymbol; s = s.ContainingSymbol)
        {
            if (HasAttribute(s) || (s is IMethodSymbol { AssociatedSymbol: { } owner } && HasAttribute(owner)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the body of the method is outside C#: P/Invoke, generated P/Invoke, internal call.</summary>
    internal static bool IsForeign(IMethodSymbol method) =>
        method.IsExtern
        || method.GetDllImportData() is not null
        || method.GetAttributes().Any(a => a.AttributeClass?.Name is "LibraryImportAttribute" or "DllImportAttribute");

    /// <summary>Whether values of the type hold no reference: numbers, enums, pointers, structs of those.</summary>
    internal static bool IsAllowedType(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Void } => true,
        // Nullable<T>.Value throws, and lifted operators hide branches.
        { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } => false,
        // Its arithmetic is calls into the core library.
        { SpecialType: SpecialType.System_Decimal } => false,
        IPointerTypeSymbol or IFunctionPointerTypeSymbol => true,
        _ => type.IsValueType && type.IsUnmanagedType && !type.IsRefLikeType,
    };

    internal static string ManagedType(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_String } => "a string is a managed object",
        { TypeKind: TypeKind.Delegate } => $"the delegate '{type.ToDisplayString()}' is a managed object",
        IArrayTypeSymbol => "an array is a managed object",
        _ => $"'{type.ToDisplayString()}' is not an unmanaged type",
    };

    /// <summary>Whether the property is a plain field read or write of an unmanaged struct.</summary>
    internal static bool IsAutoProperty(IPropertySymbol property) =>
        property is { IsStatic: false, IsIndexer: false, ContainingType.TypeKind: TypeKind.Struct }
        && IsAllowedType(property.ContainingType)
        && BackingField(property) is not null;

    /// <summary>The hidden field of an auto-property.</summary>
    internal static IFieldSymbol? BackingField(IPropertySymbol property) =>
        property.OriginalDefinition.ContainingType.GetMembers().OfType<IFieldSymbol>()
            .FirstOrDefault(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property.OriginalDefinition));

    /// <summary>Whether the compiler wrote the constructor and it only stores its arguments.</summary>
    internal static bool IsGeneratedStructConstructor(IMethodSymbol constructor) =>
        constructor.ContainingType.TypeKind == TypeKind.Struct
        && IsAllowedType(constructor.ContainingType)
        && (constructor.IsImplicitlyDeclared
            || (IsPrimary(constructor) && !constructor.ContainingType.DeclaringSyntaxReferences.Any(HasInitializer)));

    /// <summary>Size in bytes as laid out in sequence, or null when it cannot be told from the source.</summary>
    internal static int? SizeOf(ITypeSymbol type) => type switch
    {
        IPointerTypeSymbol or IFunctionPointerTypeSymbol => 8,
        { SpecialType: SpecialType.System_Boolean or SpecialType.System_Byte or SpecialType.System_SByte } => 1,
        { SpecialType: SpecialType.System_Char or SpecialType.System_Int16 or SpecialType.System_UInt16 } => 2,
        { SpecialType: SpecialType.System_Int32 or SpecialType.System_UInt32 } => 4,
        { SpecialType: SpecialType.System_Int64 or SpecialType.System_UInt64 } => 8,
        { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } => 8,
        INamedTypeSymbol { EnumUnderlyingType: { } underlying } => SizeOf(underlying),
        { TypeKind: TypeKind.Struct } => SizeOfStruct(type),
        _ => null,
    };

    // Every field counts as at least a word with its padding: an upper bound is enough for a limit.
    private static int? SizeOfStruct(ITypeSymbol type)
    {
        int total = 0;
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic))
        {
            int? size = field.IsFixedSizeBuffer && field.Type is IPointerTypeSymbol buffer
                ? SizeOf(buffer.PointedAtType) * field.FixedSize
                : SizeOf(field.Type);
            total += size is { } known ? (known + 7) / 8 * 8 : int.MaxValue / 64;
        }

        return total;
    }

    private static bool HasAttribute(ISymbol symbol) =>
        symbol.GetAttributes().Any(a => a.AttributeClass?.ToDisplayString() == AttributeName);

    private static bool IsPrimary(IMethodSymbol constructor) =>
        constructor.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is TypeDeclarationSyntax);

    // A primary constructor also runs the initializers of fields and properties; those are not analysed elsewhere.
    private static bool HasInitializer(SyntaxReference declaration) =>
        declaration.GetSyntax() is TypeDeclarationSyntax type && type.Members.Any(member => member switch
        {
            FieldDeclarationSyntax field => field.Declaration.Variables.Any(v => v.Initializer is not null)
                && !field.Modifiers.Any(m => m.Text is "const" or "static"),
            PropertyDeclarationSyntax { Initializer: not null } => true,
            _ => false,
        });
}
