using System.Globalization;
using Holdfast.Hub.Settings;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Cli.Jobs;

/// <summary>Reads fields of YAML. What is not as it should be is a <see cref="YamlException"/> with the line and a message that names field and mend.</summary>
internal static class YamlFields
{
    /// <summary>The fields of a mapping, all of them of these names.</summary>
    public static IEnumerable<(string Name, string Place, YamlNode Value)> Of(YamlNode node, string path, params string[] names)
    {
        foreach (var (name, place, key, value) in Any(node, path, names))
        {
            if (!names.Contains(name)) throw Fault(key, $"there is no {place}.{(NearestName.Of(name, names) is { } near ? $" Did you mean '{near}'?" : $" There is {string.Join(", ", names)}.")}");
            yield return (name, place, value);
        }
    }

    /// <summary>The members of a mapping with names of its writer's own.</summary>
    public static IEnumerable<(string Name, string Place, YamlNode Value)> Own(YamlNode node, string path) => Any(node, path, []).Select(field => (field.Name, field.Place, field.Value));

    public static string Text(YamlNode node, string field) => node is YamlScalarNode { Value: { Length: > 0 } text } ? text : throw Fault(node, $"{field} has one value.");

    /// <summary>A text that may be empty.</summary>
    public static string Words(YamlNode node, string field) => node is YamlScalarNode scalar ? scalar.Value ?? "" : throw Fault(node, $"{field} has one value.");

    public static List<string> Texts(YamlNode node, string field, string example) =>
        node is YamlSequenceNode list ? [.. list.Select((item, at) => Text(item, $"{field}[{at}]"))] : throw Fault(node, $"{field} is a list, as {example}.");

    public static string Choice(YamlNode node, string field, params string[] choices)
    {
        var text = Text(node, field);
        return choices.Contains(text) ? text : throw Fault(node, $"{field} is {string.Join(" or ", choices)}, not '{text}'.{NearestName.Hint(text, choices)}");
    }

    public static long Size(YamlNode node, string field) => Held(Quantities.Size(Text(node, field)), node, field, "a size as 512MB, 32GB or 32GiB");

    public static TimeSpan Span(YamlNode node, string field) => Held(Quantities.Span(Text(node, field)), node, field, "a span of time as 90s, 5m or 12h");

    public static int Whole(YamlNode node, string field, int least, int most) => Held<int>(
        int.TryParse(Text(node, field), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null,
        node, field, most == int.MaxValue ? $"a number, {least} or more" : $"a number from {least} to {most}");

    public static double Number(YamlNode node, string field, double least) => Held<double>(
        double.TryParse(Text(node, field), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least ? number : null,
        node, field, string.Create(CultureInfo.InvariantCulture, $"a number, {least} or more"));

    public static YamlException Fault(YamlNode node, string message) => new(node.Start, node.End, message);

    private static IEnumerable<(string Name, string Place, YamlNode Key, YamlNode Value)> Any(YamlNode node, string path, string[] names)
    {
        if (node is not YamlMappingNode mapping) throw Fault(node, $"{(path.Length == 0 ? "the file" : path)} has fields{(names.Length > 0 ? $": {string.Join(", ", names)}" : ", as {name: value}")}.");
        foreach (var (key, value) in mapping)
        {
            var name = Text(key, "a name");
            yield return (name, path.Length == 0 ? name : $"{path}.{name}", key, value);
        }
    }

    private static T Held<T>(T? value, YamlNode node, string field, string what) where T : struct => value ?? throw Fault(node, $"{field} is {what}, not '{Text(node, field)}'.");
}
