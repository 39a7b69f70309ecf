using System.Text.Json.Nodes;

namespace Holdfast.Lab.Tests.Recording;

/// <summary>Notebooks with widgets.</summary>
internal static class WidgetNotebook
{
    /// <summary>The source of a cell that defines widgets: tests/testdata/widgets.py.</summary>
    public static string Definitions { get; } = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recording/widgets.py"));

    /// <summary>The id of the widget that is made as this one, from 1 on.</summary>
    public static string Id(int number) => $"{number:x32}";

    /// <summary>The widgets in the notebook's metadata by their ids; none when it has no such member.</summary>
    public static JsonObject States(JsonNode notebook) =>
        notebook["metadata"]!["widgets"]?["application/vnd.jupyter.widget-state+json"] is { } widgets && (int?)widgets["version_major"] == 2
            ? widgets["state"]!.AsObject()
            : [];

    /// <summary>A value of one widget's state.</summary>
    public static JsonNode? Value(JsonNode notebook, int number, string key) => States(notebook)[Id(number)]?["state"]?[key];
}
