using System.Text;

namespace SharpRun.Spec.Tests;

/// <summary>Damaged documents end in a configuration or in a <see cref="SpecException"/>, never in anything else.</summary>
public class MutationTests
{
    private const int Rounds = 3000;

    private static readonly string[] Fragments =
    [
        "null", "true", "{}", "[]", "-1", "1e400", "18446744073709551616", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "{", "}", "[", "]", ",", ":",
        "\"", "\\", "\0", "\u00ff", "\"process\":", "\"linux\":{", "99999999999999999999999999",
    ];

    [Fact]
    public void Read_DamagedDocument_IsReadOrRefused()
    {
        byte[] sample = Documents.Data("full.json");
        var random = new Random(20260101);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] damaged = Damage(sample, random);
            try
            {
                Assert.NotEmpty(SpecReader.Read(damaged, "config.json").OciVersion);
            }
            catch (SpecException error)
            {
                refused++;
                Assert.NotEmpty(error.Problems);
                Assert.All(error.Problems, problem => Assert.True(problem.Line > 0 && problem.Column > 0, problem.ToString()));
                Assert.DoesNotContain('\n', error.Message);
            }
        }

        // Both outcomes must occur, or the damage is not what this test is about.
        Assert.InRange(refused, Rounds / 10, Rounds - 10);
    }

    private static byte[] Damage(byte[] sample, Random random)
    {
        var bytes = new List<byte>(sample);
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(20) == 0 ? bytes.Count - at : length);
                    bytes.InsertRange(at, Encoding.Latin1.GetBytes(Fragments[random.Next(Fragments.Length)]));
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }
}
