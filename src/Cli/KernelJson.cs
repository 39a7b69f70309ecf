using System.Text.Json;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli;

/// <summary>A kernel for programs: the names are those of Jupyter's API where it has them.</summary>
internal static class KernelJson
{
    public static void Write(Utf8JsonWriter json, KernelRecord kernel)
    {
        json.WriteStartObject();
        json.WriteString("id", kernel.Id);
        json.WriteString("name", kernel.SpecName);
        json.WriteString("display_name", kernel.DisplayName);
        json.WriteString("execution_state", kernel.ExecutionState);
        json.WriteString("started", kernel.Started);
        json.WriteString("last_activity", kernel.LastActivity);
        if (kernel.BusySince is { } since) json.WriteString("busy_since", since);
        else json.WriteNull("busy_since");
        if (kernel.ProcessId is { } pid) json.WriteNumber("pid", pid);
        else json.WriteNull("pid");
        json.WriteNumber("restarts", kernel.Restarts);
        if (kernel.ExecutionState == KernelTexts.Unknown) json.WriteNull("records");
        else json.WriteNumber("records", kernel.LastSequence);
        json.WriteString("root", kernel.Root);
        json.WriteString("folder", kernel.WorkingFolder);
        json.WriteString("journal", kernel.JournalFolder);
        json.WriteString("note", kernel.Note);
        json.WriteStartArray("sessions");
        foreach (var session in kernel.Sessions)
        {
            json.WriteStartObject();
            json.WriteString("id", session.Id);
            json.WriteString("path", session.Path);
            json.WriteString("type", session.Type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
