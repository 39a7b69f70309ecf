using System.Text;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;
using Holdfast.Lab.Recording;

namespace Holdfast.Fuzz;

/// <summary>
/// What pages and kernels have said, as the recorder folds it: contents that are no JSON, or not what their kind has. An input is a list of
/// records: kind, length, message.
/// </summary>
internal sealed class RecordsTarget : FuzzTarget
{
    private static readonly (byte Kind, KernelChannel Channel, string Type, string Content)[] Talk =
    [
        (RecordKind.ToKernel, KernelChannel.Shell, "execute_request", """{"code":"f()","silent":false}"""),
        (RecordKind.FromKernel, KernelChannel.IOPub, "status", """{"execution_state":"busy"}"""),
        (RecordKind.FromKernel, KernelChannel.IOPub, "execute_input", """{"code":"f()","execution_count":3}"""),
        (RecordKind.FromKernel, KernelChannel.IOPub, "stream", """{"name":"stdout","text":"a\r\b\u00e9\ud83d\ude00\n"}"""),
        (RecordKind.FromKernel, KernelChannel.IOPub, "display_data", """{"data":{"text/plain":"x","image/png":"AA=="},"metadata":{},"transient":{"display_id":"d"}}"""),
        (RecordKind.FromKernel, KernelChannel.IOPub, "update_display_data", """{"data":{"text/plain":"y"},"metadata":{},"transient":{"display_id":"d"}}"""),
        (RecordKind.FromKernel, KernelChannel.IOPub, "clear_output", """{"wait":true}"""),
        (RecordKind.FromKernel, KernelChannel.IOPub, "execute_result", """{"data":{"text/plain":"1"},"metadata":{},"execution_count":3}"""),
        (RecordKind.FromKernel, KernelChannel.IOPub, "error", """{"ename":"E","evalue":"v","traceback":["a","b"]}"""),
        (RecordKind.FromKernel, KernelChannel.IOPub, "comm_open", """{"comm_id":"w","target_name":"jupyter.widget","data":{"state":{"_model_name":"OutputModel","msg_id":"","value":1},"buffer_paths":[["value"]]}}"""),
        (RecordKind.FromKernel, KernelChannel.IOPub, "comm_msg", """{"comm_id":"w","data":{"method":"update","state":{"msg_id":"m","value":2},"buffer_paths":[]}}"""),
        (RecordKind.ToKernel, KernelChannel.Shell, "comm_msg", """{"comm_id":"w","data":{"method":"update","state":{"value":3}}}"""),
        (RecordKind.FromKernel, KernelChannel.IOPub, "comm_close", """{"comm_id":"w"}"""),
        (RecordKind.FromKernel, KernelChannel.Shell, "execute_reply", """{"status":"ok","execution_count":3}"""),
        (RecordKind.FromKernel, KernelChannel.IOPub, "status", """{"execution_state":"idle"}"""),
    ];

    public override string Name => "Records folded";

    public override byte[] Make(Random random)
    {
        using var input = new MemoryStream();
        using var writer = new BinaryWriter(input);
        foreach (var (kind, channel, type, content) in Talk)
        {
            // Mostly in their order, some missing.
            if (random.Next(5) == 0) continue;
            var parent = kind == RecordKind.ToKernel ? "{}" : Header("execute_request", "m");
            var message = new KernelMessage(
                Encoding.UTF8.GetBytes(Header(type, kind == RecordKind.ToKernel && type == "execute_request" ? "m" : "n")), Damaged(Encoding.UTF8.GetBytes(parent), 10),
                Damaged("""{"cellId":"a","deletedCells":[]}"""u8.ToArray(), 5), Damaged(Encoding.UTF8.GetBytes(content), 2), random.Next(4) == 0 ? [new byte[5]] : []);
            var bytes = new byte[WebSocketV1.Measure(channel, message)];
            WebSocketV1.Write(channel, message, bytes);
            writer.Write(kind);
            writer.Write(bytes.Length);
            writer.Write(bytes);
        }

        writer.Flush();
        return input.ToArray();

        byte[] Damaged(byte[] json, int oneIn) => random.Next(oneIn) == 0 ? Mutation.Of(random, [json], SampleMessages.Words) : json;
    }

    public override void Feed(byte[] input)
    {
        var fold = new KernelFold(_ => new NotebookSession("s", "n.ipynb"));
        using var reader = new BinaryReader(new MemoryStream(input));
        for (var sequence = 1L; reader.BaseStream.Position < input.Length; sequence++)
        {
            var kind = reader.ReadByte();
            fold.Apply(new JournalRecord(sequence, 0, kind, reader.ReadBytes(reader.ReadInt32())), new JournalPlace(sequence, 1, 0));
        }

        Expect(fold.Executions.Count <= 1 && fold.Widgets.All.Count <= 4, "There is more than was said.");
    }

    private static string Header(string type, string id) => $$"""{"msg_id":"{{id}}","msg_type":"{{type}}","session":"s","username":"ada","date":"2026-01-01T00:00:00Z","version":"5.3"}""";
}
