using System.Text.Json.Serialization;
using Holdfast.Keeper.Contract;

namespace Holdfast.Lab.Running;

/// <summary>Which kernel a run starts, and where.</summary>
/// <param name="SpecName">Its kernelspec; null for the default.</param>
/// <param name="WorkingFolder">The folder it runs in.</param>
/// <param name="Session">The notebook that its outputs are recorded in; null for none.</param>
/// <param name="Id">Its id; null for a new one.</param>
public sealed record RunKernelStart(string? SpecName, string WorkingFolder, SessionTag? Session = null, string? Id = null);

/// <summary>JSON of runs.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class RunJson : JsonSerializerContext;
