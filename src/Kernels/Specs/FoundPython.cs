namespace Holdfast.Kernels.Specs;

/// <summary>A Python that has ipykernel.</summary>
/// <param name="Program">The interpreter, absolute.</param>
/// <param name="Prefix">Its <c>sys.prefix</c>.</param>
/// <param name="Package">The folder of the ipykernel package.</param>
internal sealed record FoundPython(string Program, string Prefix, string Package);
