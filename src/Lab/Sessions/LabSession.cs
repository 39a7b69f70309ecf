using System.Text.Json;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Kernels;

namespace Holdfast.Lab.Sessions;

/// <summary>A session and the kernel it is on.</summary>
internal sealed record LabSession(SessionTag Tag, KernelRecord Kernel)
{
    /// <summary>Writes it as Jupyter's API shows it, with the older <c>notebook</c> field for notebooks.</summary>
    public void Write(Utf8JsonWriter json, int connections)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Tag.Id);
        json.WriteString("path"u8, Tag.Path);
        json.WriteString("name"u8, Tag.Name);
        json.WriteString("type"u8, Tag.Type);
        json.WritePropertyName("kernel"u8);
        KernelModel.Write(json, Kernel, connections);
        if (Tag.Type == "notebook")
        {
            json.WriteStartObject("notebook"u8);
            json.WriteString("path"u8, Tag.Path);
            json.WriteString("name"u8, Tag.Name);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}

/// <summary>What a client asks of a session; null for what it does not say.</summary>
internal sealed record SessionRequest(string? Path, string? Name, string? Type, KernelRequest? Kernel)
{
    /// <summary>Reads a body, older forms with <c>notebook</c> included.</summary>
    public static SessionRequest Read(JsonElement body)
    {
        var request = new SessionRequest(Said(body, "path"), Said(body, "name"), Said(body, "type"), ReadKernel(body));
        if (!body.TryGetProperty("notebook", out var notebook) || notebook.ValueKind != JsonValueKind.Object)
            return request;
        return request with { Type = "notebook", Path = Said(notebook, "path") ?? Said(notebook, "name") ?? request.Path };
    }

    private static KernelRequest? ReadKernel(JsonElement body) =>
        body.TryGetProperty("kernel", out var kernel) && kernel.ValueKind == JsonValueKind.Object
            ? new KernelRequest(KernelRequest.Text(kernel, "name"), KernelRequest.Text(kernel, "id"), null)
            : null;

    private static string? Said(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
