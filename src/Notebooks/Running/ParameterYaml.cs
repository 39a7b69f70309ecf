using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Notebooks.Running;

/// <summary>Parameters written in YAML: a mapping of names to values, by the core schema of YAML 1.2 (so that <c>1e-3</c> is a number and <c>no</c> a text).</summary>
public static class ParameterYaml
{
    /// <summary>Reads them; false with what is wrong and where.</summary>
    public static bool TryRead(string yaml, out IReadOnlyList<KeyValuePair<string, ParameterValue>> values, [NotNullWhen(false)] out string? error)
    {
        (values, error) = ([], null);
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents is [] or [{ RootNode: YamlScalarNode { Value: "" } }]) return true;
            if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
            {
                error = "it is no mapping of names to values, like 'epochs: 3'.";
                return false;
            }

            values = Members(root);
            return true;
        }
        catch (YamlException fault)
        {
            error = string.Create(CultureInfo.InvariantCulture, $"line {fault.Start.Line}, column {fault.Start.Column}: {fault.Message}");
            return false;
        }
    }

    private static List<KeyValuePair<string, ParameterValue>> Members(YamlMappingNode mapping) =>
        [.. mapping.Children.Select(child => KeyValuePair.Create(
            child.Key is YamlScalarNode { Value: { } name } ? name : throw new YamlException(child.Key.Start, child.Key.End, "A name is a word, not a list or a mapping."), Value(child.Value)))];

    private static ParameterValue Value(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new ParameterValue.Mapping(Members(mapping)),
        YamlSequenceNode sequence => new ParameterValue.Sequence([.. sequence.Children.Select(Value)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: var plain } => Plain(plain ?? ""),
        YamlScalarNode { Value: var text } => new ParameterValue.Text(text ?? ""),
        _ => throw new YamlException(node.Start, node.End, "Only texts, numbers, lists and mappings can be parameters."),
    };

    private static ParameterValue Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => new ParameterValue.None(),
        "true" or "True" or "TRUE" => new ParameterValue.Truth(true),
        "false" or "False" or "FALSE" => new ParameterValue.Truth(false),
        ".nan" or ".NaN" or ".NAN" => new ParameterValue.Real(double.NaN),
        ".inf" or ".Inf" or ".INF" or "+.inf" => new ParameterValue.Real(double.PositiveInfinity),
        "-.inf" or "-.Inf" or "-.INF" => new ParameterValue.Real(double.NegativeInfinity),
        _ when text.Contains('_', StringComparison.Ordinal) || char.IsAsciiLetter(text.TrimStart('+', '-').FirstOrDefault()) => new ParameterValue.Text(text),
        _ => ParameterValue.OfNumber(text) ?? new ParameterValue.Text(text),
    };
}
