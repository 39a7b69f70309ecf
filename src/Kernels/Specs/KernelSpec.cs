namespace Holdfast.Kernels;

/// <summary>A kernel that can be started: a <c>kernel.json</c> and its folder (jupyter_client "Kernel specs"), or an environment that has ipykernel.</summary>
public sealed record KernelSpec
{
    /// <summary>Its name, lower case: the folder's name.</summary>
    public required string Name { get; init; }
    /// <summary>The folder with logos and kernel.js; null for an environment that brings no folder of its own.</summary>
    public string? ResourceFolder { get; init; }
    /// <summary>
    /// What <c>/api/kernelspecs</c> serves as <c>spec</c>, a JSON object in UTF-8: the fields of <c>kernel.json</c> as they stand, with
    /// jupyter_client's defaults for those that are not there.
    /// </summary>
    public required ReadOnlyMemory<byte> Json { get; init; }
    /// <summary>argv, with its <c>{connection_file}</c> placeholders; <c>python</c> is already resolved to the Python that was found.</summary>
    public required IReadOnlyList<string> Argv { get; init; }
    /// <summary>What people see.</summary>
    public required string DisplayName { get; init; }
    /// <summary>The language's name.</summary>
    public required string Language { get; init; }
    /// <summary>True when interrupts go as a message on control, false for SIGINT.</summary>
    public bool InterruptByMessage { get; init; }
    /// <summary>Variables to add; <c>${NAME}</c> is replaced from the environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
    /// <summary>The Python program that runs it, when it is Python and was found; null otherwise.</summary>
    public string? Python { get; init; }
    /// <summary>Files of the resource folder that clients may ask for (logo-*, kernel.js, kernel.css), by file name.</summary>
    public IReadOnlyList<string> ResourceFiles { get; init; } = [];
}

/// <summary>The kernels found, and what stood in the way of others.</summary>
/// <param name="Specs">By name, the first on the search path wins.</param>
/// <param name="Default">The name that stands for "any": <c>python3</c> where there is one, else the first; null when there is none.</param>
/// <param name="Problems">One sentence each: file, fault, mend.</param>
public sealed record KernelSpecCatalog(IReadOnlyDictionary<string, KernelSpec> Specs, string? Default, IReadOnlyList<string> Problems);
