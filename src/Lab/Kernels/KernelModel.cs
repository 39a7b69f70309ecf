using System.Text.Json;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Http;

namespace Holdfast.Lab.Kernels;

/// <summary>A kernel as Jupyter's API shows it.</summary>
internal static class KernelModel
{
    /// <summary>Writes the kernel as a JSON object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="connections">Pages that are connected to it.</param>
    public static void Write(Utf8JsonWriter json, KernelRecord kernel, int connections)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, kernel.Id);
        json.WriteString("name"u8, kernel.SpecName);
        json.WriteString("last_activity"u8, ApiJson.Time(kernel.LastActivity));
        json.WriteString("execution_state"u8, kernel.ExecutionState);
        json.WriteNumber("connections"u8, connections);
        json.WriteEndObject();
    }
}
