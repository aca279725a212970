-- Mandates are known no more: what they opened is shut.
UPDATE dossier_permits SET ended_at = updated_at WHERE kind = 'mandate' AND ended_at IS NULL;
DROP TABLE lawyer_mandates;
DROP TABLE lawyer_unavailabilities;
DROP TABLE lawyer_partners;
