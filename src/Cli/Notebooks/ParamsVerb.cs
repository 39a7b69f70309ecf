using System.CommandLine;
using Holdfast.Notebooks.Exporting;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb params</c>: what a notebook lets its caller set.</summary>
internal static class ParamsVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The notebook, or - for standard input." };
        var format = Output.Format();
        var command = new Command("params", "List the parameters of a notebook: the assignments in its cell tagged 'parameters', with the comment behind each. 'holdfast nb export --cli' makes options of them.") { file, format };
        command.SetAction(parse =>
        {
            var path = parse.GetValue(file)!;
            if (!NotebookFile.TryParse(path, out var notebook, out var error)) return Output.Fail(error);
            if (NotebookParameters.Cell(notebook) < 0) return Output.Fail(NoParameters(path));
            var parameters = NotebookParameters.Of(notebook);
            if (parse.GetValue(format) == "json") WriteJson(parameters);
            else Output.Table(["NAME", "TYPE", "DEFAULT", "HELP"], [.. parameters.Select(parameter => new[] { parameter.Name, parameter.Type ?? "-", OneLine(parameter.Default), parameter.Help })]);
            return 0;
        });
        return command;
    }

    /// <summary>What is said of a notebook without a cell of parameters.</summary>
    public static string NoParameters(string path) => $"{path} has no cell tagged 'parameters'. Tag the cell that assigns them (in JupyterLab: the gear at the upper right).";

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static void WriteJson(IReadOnlyList<NotebookParameter> parameters) => Output.Json(json =>
    {
        json.WriteStartArray();
        foreach (var parameter in parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", parameter.Name);
            json.WriteString("type", parameter.Type);
            json.WriteString("default", parameter.Default);
            json.WriteString("help", parameter.Help);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
