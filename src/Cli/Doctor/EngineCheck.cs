using Holdfast.Engines.Contract;

namespace Holdfast.Cli.Doctor;

/// <summary>Whether workloads can run on an engine. A lab needs none, so whatever is missing is a note.</summary>
internal static class EngineCheck
{
    public static async Task<IReadOnlyList<Finding>> RunAsync(IEngine engine, CancellationToken cancellationToken)
    {
        var faults = await engine.CheckAsync(cancellationToken);
        return faults.Count == 0
            ? [new Finding(Grade.Good, engine.Name, "workloads can run.")]
            : [.. faults.Select(fault => new Finding(Grade.Note, engine.Name, fault.Message))];
    }
}
