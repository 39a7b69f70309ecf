using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Hub.Inside;

/// <summary>What the hub asks of <c>holdfast inside job</c> about a notebook of the machine.</summary>
/// <param name="Notebook">Its path below the folder that the lab serves.</param>
/// <param name="As"><c>script</c> or <c>notebook</c>; null for script where one can be made of it.</param>
/// <param name="Parameters">Values as they were typed, by name; those that are not there stay as the notebook has them.</param>
/// <param name="Archive">The name of the archive that the files are packed into, in the folder of the state; null for none.</param>
public sealed record NotebookOrder(string Notebook, string? As, IReadOnlyDictionary<string, string> Parameters, string? Archive = null);

/// <summary>
/// What a job of it would be, as the machine says. The hub believes of it what only concerns the owner's own files: what runs, with which code.
/// </summary>
public sealed record NotebookOffer
{
    /// <summary>Why no job can be made of it, with the mend; null when one can.</summary>
    public string? Problem { get; init; }
    /// <summary>What the notebook lets its caller set, in order.</summary>
    public IReadOnlyList<OfferedParameter> Parameters { get; init; } = [];
    /// <summary>Whether a script can be made of it: it is in Python.</summary>
    public bool IsScript { get; init; }
    /// <summary>The folder whose files go along, as seen inside.</summary>
    public string? Folder { get; init; }
    /// <summary>How many files go along.</summary>
    public int Files { get; init; }
    /// <summary>Bytes of them.</summary>
    public long Bytes { get; init; }
    /// <summary>The job as JSON of the hub's API; null with a problem.</summary>
    public JsonElement? Spec { get; init; }
}

/// <summary>A parameter of a notebook.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as Python writes it; null when nothing tells.</param>
/// <param name="Default">What the notebook assigns, in Python.</param>
/// <param name="Help">The comment behind it; empty for none.</param>
public sealed record OfferedParameter(string Name, string? Type, string Default, string Help);

/// <summary>Their JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(NotebookOrder))]
[JsonSerializable(typeof(NotebookOffer))]
public sealed partial class NotebookJson : JsonSerializerContext;
